// Loaded before the Playground: it listens on this machine alone, says "ready" once it answers, and ends when its
// standard input does.
const http = require("node:http");
const { Server } = require("node:net");

const AGAIN_MS = 50;
const listen = Server.prototype.listen;

Server.prototype.listen = function (...asked) {
  if (typeof asked[0] === "number") {
    asked.splice(1, typeof asked[1] === "string" ? 1 : 0, "127.0.0.1");
    this.once("listening", () => look(this.address().port));
  }
  return listen.apply(this, asked);
};

/** Ask for what is in it until it knows. */
function look(port) {
  const again = () => setTimeout(look, AGAIN_MS, port);
  const asked = http.get({ host: "127.0.0.1", port, path: "/_internal/v1/testConfig" }, (answer) => {
    answer.resume();
    if (answer.statusCode === 200) process.stdout.write("ready\n"); // the console is the Playground's
    else again();
  });
  asked.on("error", again);
}

process.stdin.on("end", () => process.exit()).resume();
