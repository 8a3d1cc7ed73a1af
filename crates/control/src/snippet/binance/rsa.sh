QUERY="timestamp=$(date +%s)000"
curl -sS -G -H 'X-MBX-APIKEY: {{key}}' "{{door}}/api/v3/account?$QUERY" --data-urlencode "signature=$(printf %s "$QUERY" | openssl dgst -sha256 -sign "$KEYWARD_SECRET_FILE" | openssl base64 -A)"
