// Loaded before the Playground: it listens on this machine alone, and ends when its standard input does.
const { Server } = require("node:net");

const listen = Server.prototype.listen;
Server.prototype.listen = function (...asked) {
  if (typeof asked[0] === "number") asked.splice(1, typeof asked[1] === "string" ? 1 : 0, "127.0.0.1");
  return listen.apply(this, asked);
};

process.stdin.on("end", () => process.exit()).resume();
