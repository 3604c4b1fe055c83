"""Registers, tops up, makes a call and follows it: python3 paid_call.py http://localhost:8787

Only the live events need a package: websockets (Debian: python3-websockets).
"""

import asyncio
import json
import sys
import urllib.error
import urllib.request
import uuid

import websockets

URL = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8787"


class ApiError(Exception):
    """A failed request. `problem` is its body (RFC 9457)."""

    def __init__(self, problem):
        super().__init__(problem["detail"])
        self.problem = problem


def send(method, path, body=None, token=None, key=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if key:
        headers["Idempotency-Key"] = key
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise ApiError(json.load(error)) from error


async def follow(call, token):
    """Answers the call, ends it, and prints its events."""
    ticket = send("POST", f"/calls/{call['uuid']}/ticket", token=token)
    # In development, the local runtime closes sockets late.
    async with websockets.connect(ticket["url"], close_timeout=1) as socket:
        async for text in socket:
            event = json.loads(text)
            now = event["call"]
            print(f"{event['type']}: {now['status']}, {now['cost']} NGN")
            if now["status"] == "initiated":
                send("PATCH", f"/calls/{now['uuid']}/answer", token=token)
            elif now["status"] == "answered":
                send("PATCH", f"/calls/{now['uuid']}/end", token=token)


account = {"email": f"ada-{uuid.uuid4()}@example.com", "password": "correct horse battery"}
send("POST", "/users/register", account)
token = send("POST", "/auth/login", account)["access_token"]

recipient = {"recipient_phone": "+2348031234567", "recipient_name": "Ngozi"}
try:
    send("POST", "/calls", recipient, token)
except ApiError as error:
    if error.problem["code"] != "insufficient_funds":
        raise
    print(error)

# If a response is lost, send the request again with the same key: the payment is made once.
order = {"amount": 50, "method": "monnify"}
payment = send("POST", "/payments", order, token, key=str(uuid.uuid4()))
# Here the customer pays, at payment["checkout_url"].
send("POST", f"/payments/verify/{payment['payment_reference']}", token=token)

call = send("POST", "/calls", recipient, token, key=str(uuid.uuid4()))
asyncio.run(follow(call, token))

for wallet in send("GET", "/wallets", token=token):
    for entry in send("GET", f"/wallets/{wallet['uuid']}/transactions", token=token):
        print(f"{entry['kind']}: {entry['amount']} NGN")
