// Preloaded into a server that is to leak on purpose: each write keeps SLIPWAY_LEAK_BYTES for ever.
const { Socket } = require('node:net');

const bytes = Number(process.env.SLIPWAY_LEAK_BYTES);
const kept = [];
const { write } = Socket.prototype;
Socket.prototype.write = function leak(...args) {
  kept.push(Buffer.alloc(bytes, 1));
  return write.apply(this, args);
};
