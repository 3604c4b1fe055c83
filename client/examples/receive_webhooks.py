"""Receives webhooks: WEBHOOK_SECRETS=whsec_... python3 receive_webhooks.py 8080

It needs only the standard library. During a rotation, give both secrets, separated by a space.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_SECONDS = 300
MAX_BYTES = 64 * 1024

SECRETS = [
    base64.b64decode(secret.removeprefix("whsec_"))
    for secret in os.environ["WEBHOOK_SECRETS"].split()
]
if not all(SECRETS) or not SECRETS:
    sys.exit("WEBHOOK_SECRETS is missing or wrong")
DATABASE = os.environ.get("WEBHOOK_DATABASE", "webhooks.db")


class Forged(Exception):
    """The delivery is not genuine, or too old."""


def verify(body, headers):
    """Returns the event. The signature covers the exact bytes, so verify before you parse."""
    try:
        event_id = headers["webhook-id"]
        timestamp = headers["webhook-timestamp"]
        signatures = headers["webhook-signature"].split(" ")
        age = time.time() - int(timestamp)
    except (AttributeError, TypeError, ValueError) as error:
        raise Forged("a header is missing") from error
    if abs(age) > TOLERANCE_SECONDS:
        raise Forged("the signature is too old")
    signed = f"{event_id}.{timestamp}.".encode() + body
    for secret in SECRETS:
        digest = hmac.new(secret, signed, hashlib.sha256).digest()
        expected = b"v1," + base64.b64encode(digest)
        if any(hmac.compare_digest(expected, given.encode()) for given in signatures):
            return json.loads(body)
    raise Forged("no signature matches")


def process_once(event):
    """Deliveries repeat: the ID is stored in the transaction of what the event causes."""
    database = sqlite3.connect(DATABASE)
    try:
        with database:
            database.execute("CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY)")
            insert = "INSERT INTO events (id) VALUES (?) ON CONFLICT DO NOTHING"
            if database.execute(insert, (event["id"],)).rowcount == 1:
                process(event)
    finally:
        database.close()


def process(event):
    """Ignore types and versions that you do not know: the service adds them."""
    if event["version"] != 1:
        return
    if event["type"] == "payment.completed":
        data = event["data"]
        print(f"{event['sequence']}: {data['payment_reference']}, {data['amount_paid']} NGN", flush=True)
    else:
        print(f"{event['sequence']}: {event['type']}", flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_BYTES:
            return self.respond(413)
        try:
            process_once(verify(self.rfile.read(length), self.headers))
        except Forged:
            return self.respond(400)
        # After any other exception, the connection closes and the service sends the event again.
        return self.respond(204)

    def respond(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
HTTPServer(("127.0.0.1", port), Receiver).serve_forever()
