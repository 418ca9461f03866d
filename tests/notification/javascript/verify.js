// Reads [secret, headers, body] triples as JSON and says of each what the package makes of it.
const { Webhook } = require("standardwebhooks");

const verdicts = JSON.parse(require("node:fs").readFileSync(0, "utf8")).map(
  ([secret, headers, body]) => {
    try {
      return { accepted: new Webhook(secret).verify(body, headers) };
    } catch (error) {
      return { refused: error.name };
    }
  },
);
console.log(JSON.stringify(verdicts));
