"""The peers' side of sign.cpp: sign.py botocore|awscrt COUNT. The same request, keys and time."""
import datetime
import json
import sys
import time

HOST = "sts.eu-central-1.amazonaws.com"
TYPE = "application/x-www-form-urlencoded; charset=utf-8"
BODY = (b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy"
        b"&RoleSessionName=bench&DurationSeconds=3600")
KEYS = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"  # the example keys of AWS's documentation
NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)


def botocore_signer():
    import botocore.auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    botocore.auth.get_current_datetime = lambda *_, **__: NOON.replace(tzinfo=None)  # it takes the time from nowhere else
    signer = botocore.auth.SigV4Auth(Credentials(*KEYS), "sts", "eu-central-1")

    def sign():
        request = AWSRequest("POST", f"https://{HOST}/", headers={"Content-Type": TYPE}, data=BODY)
        signer.add_auth(request)
        return request.headers["Authorization"]
    return sign


def awscrt_signer():
    import io

    from awscrt import auth, http

    keys = auth.AwsCredentialsProvider.new_static(*KEYS)
    config = auth.AwsSigningConfig(algorithm=auth.AwsSigningAlgorithm.V4, credentials_provider=keys, service="sts",
                                   signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS, region="eu-central-1", date=NOON)

    def sign():
        headers = http.HttpHeaders([("Host", HOST), ("Content-Type", TYPE)])
        request = http.HttpRequest("POST", "/", headers, io.BytesIO(BODY))
        return auth.aws_sign_request(request, config).result().headers.get("Authorization")
    return sign


def main():
    sign = {"botocore": botocore_signer, "awscrt": awscrt_signer}[sys.argv[1]]()
    count = int(sys.argv[2])
    signature = sign().rpartition("Signature=")[2]
    started = time.process_time()
    for _ in range(count):
        sign()
    print(json.dumps({"us": (time.process_time() - started) / count * 1e6, "signature": signature}))


main()
