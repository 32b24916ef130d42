"""ShopFYP's serving code: from an event to a profile, to candidates, to a card."""
