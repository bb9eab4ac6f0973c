// npm run bench -- server|processes|kernel|csv|decode|python|flavors|images|uris|observe [--json] [--quick] [--only=MODEL]: timings side by side in one run; read ratios, not single figures.
const benches = {
  server: './server.mjs',
  processes: './processes.mjs',
  kernel: './kernel.mjs',
  csv: './csv.mjs',
  decode: './decode.mjs',
  python: './python.mjs',
  flavors: './flavors.mjs',
  images: './images.mjs',
  uris: './uris.mjs',
  observe: './observe.mjs',
};
const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(benches, name ?? '')) {
  console.error(
    `usage: npm run bench -- ${Object.keys(benches).join('|')} [--json] [--quick] [--only=MODEL]`,
  );
  process.exit(2);
}
const { runBench } = await import(benches[name]);
const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
await runBench({ json: args.includes('--json'), quick: args.includes('--quick'), only });
