SECRET={{secret}}; QUERY="timestamp=$(date +%s)000"
curl -sS -H 'X-MBX-APIKEY: {{key}}' "{{door}}/api/v3/account?$QUERY&signature=$(printf %s "$QUERY" | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)"
