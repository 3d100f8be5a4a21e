"""A small server that behaves as GOV.UK Notify's API does, as far as we use it.

As there: a token signed with the key's secret; a second message with the same reference is taken
as another message; a message begins as `created`, and what becomes of it is asked for.
"""

import contextlib
import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE, SECRET = str(uuid.uuid4()), str(uuid.uuid4())
KEY = f"our_key-{SERVICE}-{SECRET}"
TEXT, EMAIL = str(uuid.uuid4()), str(uuid.uuid4())
NUMBER = re.compile(r"(\+44|0)7\d{9}")


class Notify:
    """The server, and what it took. Each message: id, reference, to, personalisation, status."""

    def __init__(self) -> None:
        self.messages: list[dict[str, object]] = []
        self.answer_with = 0  # a status that it answers instead, while it is set
        self.hold = threading.Event()  # cleared: takes a message, and waits before it answers
        self.hold.set()
        self.hang_up = False  # takes the message, and closes without an answer
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(notify):  # noqa: N805  the handler's own `self` is another
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_POST(self):
                notify.asked.append(f"POST {self.path}")
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self._refused():
                    return
                to = body.get("phone_number") or body.get("email_address")
                template = TEXT if self.path.endswith("/sms") else EMAIL
                if body["template_id"] != template:
                    self._say(400, _errors("BadRequestError", "Template not found"))
                    return
                if template == TEXT and not NUMBER.fullmatch(to.replace(" ", "")):
                    self._say(400, _errors("ValidationError", "phone_number Not enough digits"))
                    return
                made = {
                    "id": str(uuid.uuid4()),
                    "reference": body.get("reference"),
                    "to": to,
                    "personalisation": body["personalisation"],
                    "status": "created",
                }
                notify.messages.append(made)
                if not notify.hold.wait(30):
                    return
                if notify.hang_up:
                    self.connection.close()
                    return
                with contextlib.suppress(BrokenPipeError):  # who asked may be gone
                    self._say(201, made)

            def do_GET(self):
                notify.asked.append(f"GET {self.path}")
                if self._refused():
                    return
                parts = urlsplit(self.path)
                if parts.path == "/v2/notifications":
                    wanted = parse_qs(parts.query).get("reference", [None])[0]
                    found = [one for one in notify.messages if one["reference"] == wanted]
                    self._say(200, {"notifications": found[::-1], "links": {}})
                    return
                for one in notify.messages:
                    if parts.path == f"/v2/notifications/{one['id']}":
                        self._say(200, one)
                        return
                self._say(404, _errors("NoResultFound", "No result found"))

            def _refused(self):
                token = self.headers["Authorization"].removeprefix("Bearer ")
                try:
                    said = jwt.decode(token, SECRET, algorithms=["HS256"], leeway=30)
                except jwt.InvalidTokenError:
                    said = {}
                if said.get("iss") != SERVICE:
                    self._say(403, _errors("AuthError", "Invalid token: API key not found"))
                elif notify.answer_with:
                    self._say(notify.answer_with, _errors("Exception", "Internal server error"))
                else:
                    return False
                return True

            def _say(self, status, body):
                words = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

        return Handler


def _errors(kind: str, message: str) -> dict[str, object]:
    return {"errors": [{"error": kind, "message": message}]}
