SECRET={{secret}}; CALL=/0/private/Balance; NONCE="$(date +%s)000"; BODY="nonce=$NONCE"
HEX=$(printf %s "$SECRET" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
SIGN=$({ printf %s "$CALL"; printf %s "$NONCE$BODY" | openssl dgst -sha256 -binary; } | openssl dgst -sha512 -mac HMAC -macopt "hexkey:$HEX" -binary | openssl base64 -A)
curl -sS -H 'API-Key: {{key}}' -H "API-Sign: $SIGN" -d "$BODY" "{{door}}$CALL"
