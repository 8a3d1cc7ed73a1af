QUERY="timestamp=$(date +%s)000"; MESSAGE=$(mktemp); printf %s "$QUERY" > "$MESSAGE"
curl -sS -G -H 'X-MBX-APIKEY: {{key}}' "{{door}}/api/v3/account?$QUERY" --data-urlencode "signature=$(openssl pkeyutl -sign -rawin -inkey "$KEYWARD_SECRET_FILE" -in "$MESSAGE" | openssl base64 -A)"; rm "$MESSAGE"
