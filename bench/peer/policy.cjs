// iam-simulate's side of policy.cpp: policy.cjs CASES.ndjson [SECONDS], with NODE_PATH
//
// By its core engine, without the checks of action and resource that its simulation makes before. Prints JSON: without
// SECONDS the decision of each case, else what reading and judging take, all of Node's threads together.
"use strict";
const fs = require("fs");
const path = require("path");
const { loadPolicy } = require("@cloud-copilot/iam-policy");

// What its package does not export goes by the file.
const inner = (file) => require(path.join(process.env.NODE_PATH, "@cloud-copilot/iam-simulate/dist/cjs", file));
const { DiscoveryContextKeyConstraints } = inner("context_keys/discoveryContextKeyConstraints.js");
const { authorize } = inner("core_engine/CoreSimulatorEngine.js");
const { AwsRequestImpl } = inner("request/request.js");
const { RequestContextImpl } = inner("requestContext.js");

const DECISIONS = { Allowed: "allow", ExplicitlyDenied: "explicit_deny", ImplicitlyDenied: "implicit_deny" };

function authorization({ request, policies }) {
    const { principal, action, resource, resource_account: accountId, context } = request;
    return {
        request: new AwsRequestImpl(principal, { resource, accountId }, action, new RequestContextImpl(context), false),
        identityPolicies: policies.identity.map((policy) => loadPolicy(policy, { name: "identity" })),
        sessionPolicy: policies.session && loadPolicy(policies.session[0], { name: "session" }),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: undefined,
        permissionBoundaries: undefined,
        vpcEndpointPolicies: undefined,
        simulationParameters: {
            simulationMode: "Strict",
            discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
        },
    };
}

// CPU microseconds of one call of work, over all items again and again.
function timeOf(seconds, items, work) {
    const passed = (limit) => {
        const started = process.cpuUsage();
        for (let count = items.length; ; count += items.length) {
            for (const item of items) work(item);
            const { user, system } = process.cpuUsage(started);
            if (user + system >= limit * 1e6) return (user + system) / count;
        }
    };
    passed(seconds / 4); // until its code is compiled
    return passed(seconds);
}

function measure(cases, seconds) {
    const texts = cases.flatMap(({ policies }) => Object.values(policies).flat()).map((policy) => JSON.stringify(policy));
    const reading = timeOf(seconds, texts, (text) => loadPolicy(JSON.parse(text)));
    const judging = timeOf(seconds, cases.map(authorization), authorize);
    const figures = { parse_us_per_policy: reading, evals_per_s: 1e6 / judging };
    console.log(JSON.stringify({ engine: "iam-simulate", cases: cases.length, ...figures }));
}

function main() {
    const [file, seconds] = process.argv.slice(2);
    const cases = fs.readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    if (seconds) return measure(cases, Number(seconds));
    for (const one of cases) {
        const decision = DECISIONS[authorize(authorization(one)).result];
        console.log(JSON.stringify({ id: one.id, decision }));
    }
}

main();
