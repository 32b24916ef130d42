#!/usr/bin/env bash
# Service accounts with the least rights, for what is deployed. Can be run again at any time.
set -euo pipefail
: "${PROJECT:?}" "${REGION:?}" "${BUCKET:?}"

account() {  # name, roles of the project... ; a role of the bucket follows "bucket:"
  local name=$1 email="$1@$PROJECT.iam.gserviceaccount.com"
  shift
  gcloud iam service-accounts describe "$email" --project "$PROJECT" >/dev/null 2>&1 ||
    gcloud iam service-accounts create "$name" --project "$PROJECT"
  for role in "$@"; do
    case $role in
      bucket:*) gcloud storage buckets add-iam-policy-binding "gs://$BUCKET" \
        --member "serviceAccount:$email" --role "roles/${role#bucket:}" >/dev/null ;;
      *) gcloud projects add-iam-policy-binding "$PROJECT" --condition None \
        --member "serviceAccount:$email" --role "roles/$role" >/dev/null ;;
    esac
  done
}

give() {  # account, functions... (their services are named in lower case, with dashes)
  local email="$1@$PROJECT.iam.gserviceaccount.com"
  shift
  for function in "$@"; do
    gcloud run services update "${function//_/-}" --project "$PROJECT" --region "$REGION" \
      --service-account "$email"
  done
}

# Files of the release for everybody: nobody signed in, so nothing can be written.
account shopfyp-files datastore.viewer bucket:storage.objectViewer
account shopfyp-serving datastore.user bucket:storage.objectViewer
account shopfyp-storing datastore.user
account shopfyp-account datastore.user
# Who may do more with accounts could make operators.
gcloud iam roles describe shoppersSignIns --project "$PROJECT" >/dev/null 2>&1 && change=update || change=create
gcloud iam roles "$change" shoppersSignIns --project "$PROJECT" --quiet \
  --permissions firebaseauth.users.get,firebaseauth.users.delete >/dev/null
gcloud projects add-iam-policy-binding "$PROJECT" --condition None --role "projects/$PROJECT/roles/shoppersSignIns" \
  --member "serviceAccount:shopfyp-account@$PROJECT.iam.gserviceaccount.com" >/dev/null
account shopfyp-operating datastore.user bucket:storage.objectUser
account shopfyp-job datastore.viewer bucket:storage.objectUser

give shopfyp-files public_files
give shopfyp-serving search recommend similar
give shopfyp-storing log_events my_interests forget_interest set_personalisation product_page product_written
give shopfyp-account export_my_data delete_my_data forget_due
give shopfyp-operating count_insights refresh_insights insights roll_back
gcloud run jobs update indexer-job --project "$PROJECT" --region "$REGION" \
  --service-account "shopfyp-job@$PROJECT.iam.gserviceaccount.com"
