// node-saml's side of saml.cpp: prove.cjs RESPONSE CERTIFICATE COUNT, with NODE_PATH
//
// Prints JSON: CPU microseconds of one verification, all of Node's threads together; status 1 and "refused: " when it
// does not take the response.
"use strict";
const fs = require("fs");
const { SAML } = require("@node-saml/node-saml");

const ROLE = "https://aws.amazon.com/SAML/Attributes/Role";

async function main() {
    const [response, certificate, counted] = process.argv.slice(2);
    const count = Number(counted);
    const SAMLResponse = fs.readFileSync(response).toString("base64");
    const saml = new SAML({
        callbackUrl: "https://signin.aws.amazon.com/saml",
        entryPoint: "https://idp.bench.test/sso",
        issuer: "urn:amazon:webservices",
        audience: "urn:amazon:webservices",
        idpCert: fs.readFileSync(certificate, "utf8"),
        wantAssertionsSigned: true,
        wantAuthnResponseSigned: false,
        validateInResponseTo: "never",
    });
    const prove = async () => {
        const { profile } = await saml.validatePostResponseAsync({ SAMLResponse });
        if (!profile[ROLE]) throw new Error("there is no role");
    };
    try {
        await prove();
    } catch (refusal) {
        console.error(`refused: ${refusal.message}`);
        process.exit(1);
    }
    for (let i = 0; i < count / 4; ++i) await prove(); // until its code is compiled
    const started = process.cpuUsage();
    for (let i = 0; i < count; ++i) await prove();
    const used = process.cpuUsage(started);
    console.log(JSON.stringify({ us: (used.user + used.system) / count }));
}

main();
