"""The only modules that speak to Firestore, one for each kind of thing that it holds."""
