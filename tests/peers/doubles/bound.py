#!/usr/bin/env python3
"""A web server that takes only Kerberos tokens which are bound to its certificate: bound.py CERTIFICATE KEY BOUND_TO

Needs the module gssapi, and the service's keytab in KRB5_KTNAME. BOUND_TO: the certificate that it compares with, as a server behind
a load balancer would. Writes its port, then serves until its input ends.
"""
import base64
import hashlib
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gssapi
from gssapi.raw import ChannelBindings
from gssapi.raw.misc import GSSError

CHANNEL_BOUND = 0x800  # GSS_C_CHANNEL_BOUND_FLAG
PAGE = b'<form name="hiddenform" method="POST" action="https://signin.aws.amazon.com/saml"><input type="hidden" name="SAMLResponse" value="PHg+"></form>'


def binding(path):
    der = ssl.PEM_cert_to_DER_cert(open(path, encoding="ascii").read())
    return ChannelBindings(application_data=b"tls-server-end-point:" + hashlib.sha256(der).digest())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def lets_in(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Negotiate":
            return False
        try:
            context = gssapi.SecurityContext(usage="accept", channel_bindings=binding(sys.argv[3]))
            context.step(base64.b64decode(token))
            return context.complete and int(context.actual_flags) & CHANNEL_BOUND != 0
        except GSSError as refusal:  # some come when it is asked how far it got
            print(refusal, file=sys.stderr)
            return False

    def do_GET(self):
        if not self.path.startswith("/adfs/ls/wia"):
            return self.answer(302, ("Location", "/adfs/ls/wia"))
        return self.answer(200, ("Content-Type", "text/html"), PAGE) if self.lets_in() else self.answer(401, ("WWW-Authenticate", "Negotiate"))

    def answer(self, status, header, body=b""):
        self.send_response(status)
        self.send_header(*header)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
