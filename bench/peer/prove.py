"""python3-saml's side of saml.cpp: prove.py RESPONSE CERTIFICATE COUNT

Prints JSON: CPU microseconds of one verification in strict mode; status 1 and "refused: " when it does not take the
response. Run by Debian's own Python: PyPI's lxml and xmlsec bring two libxml2 that do not fit together.
"""
import base64
import json
import sys
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")  # of what it calls itself
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError  # noqa: E402
from onelogin.saml2.response import OneLogin_Saml2_Response  # noqa: E402
from onelogin.saml2.settings import OneLogin_Saml2_Settings  # noqa: E402

ROLE = "https://aws.amazon.com/SAML/Attributes/Role"
REQUEST = {"https": "on", "http_host": "signin.aws.amazon.com", "script_name": "/saml", "server_port": "443"}


def settings(certificate):
    return OneLogin_Saml2_Settings({
        "strict": True,
        "sp": {"entityId": "urn:amazon:webservices",
               "assertionConsumerService": {"url": "https://signin.aws.amazon.com/saml"}},
        "idp": {"entityId": "https://idp.bench.test/saml", "x509cert": certificate,
                "singleSignOnService": {"url": "https://idp.bench.test/sso"}},
        "security": {"wantAssertionsSigned": True}})


def main():
    encoded = base64.b64encode(Path(sys.argv[1]).read_bytes()).decode()
    trusted = settings(Path(sys.argv[2]).read_text(encoding="ascii"))
    count = int(sys.argv[3])

    def prove():
        response = OneLogin_Saml2_Response(trusted, encoded)
        response.is_valid(REQUEST, raise_exceptions=True)
        return response.get_attributes()[ROLE]

    try:
        prove()  # warm
    except OneLogin_Saml2_ValidationError as refusal:
        sys.exit(f"refused: {refusal}")
    started = time.process_time()
    for _ in range(count):
        prove()
    print(json.dumps({"us": (time.process_time() - started) / count * 1e6}))


main()
