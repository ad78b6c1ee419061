"""botocore's side of calls.c: assume_role.py THREADS CALLS ENDPOINT CA_FILE ROLE_ARN

CA_FILE is empty where the endpoint is plain HTTP. The keys come by BENCH_KEY_ID and BENCH_SECRET_KEY. One client,
shared by the threads, as its makers advise.
"""
import json
import os
import sys
import threading
import time

import botocore.session
from botocore.config import Config

WARM_UP_CALLS = 2


def main():
    threads, calls = int(sys.argv[1]), int(sys.argv[2])
    endpoint, ca_file, role = sys.argv[3:6]
    config = Config(max_pool_connections=threads, retries={"total_max_attempts": 1})
    client = botocore.session.Session().create_client(
        "sts", region_name="eu-central-1", endpoint_url=endpoint, verify=ca_file or None, config=config,
        aws_access_key_id=os.environ["BENCH_KEY_ID"], aws_secret_access_key=os.environ["BENCH_SECRET_KEY"])
    failures = []

    def work(count):
        try:
            for _ in range(count):
                client.assume_role(RoleArn=role, RoleSessionName="bench")
        except Exception as failure:  # a thread's end would not end the program
            failures.append(failure)

    def on_threads(count):
        workers = [threading.Thread(target=work, args=[count // threads + (i < count % threads)]) for i in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    warm_up = WARM_UP_CALLS * threads  # each thread's connection is made
    on_threads(warm_up)
    wall, cpu = time.monotonic(), time.process_time()
    on_threads(calls)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    if failures:
        sys.exit(f"assume_role.py: {failures[0]}")
    print(json.dumps({"calls": calls, "warm_up": warm_up, "wall_s": wall, "cpu_s": cpu}))


main()
