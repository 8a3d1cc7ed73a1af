{{imports}}from kraken.base_api import SpotClient
from kraken.spot import User

# python-kraken-sdk drops the path of its URL, so the Host header names the venue.
SpotClient.HEADERS = {**SpotClient.HEADERS, "Host": "{{host}}", "API-Key": "{{key}}"}
user = User(key="{{key}}", secret={{secret}}, url="{{origin}}")
print(user.get_account_balance())
