/** Where the threads that decode large bodies of zstd start; as deep as the bundled command. */
const built = import.meta.url.endsWith('.ts') ? '../../dist/server/' : '../server/';

/** The compiled src/server/zstd/zstd-thread.ts. */
export const zstdThreadUrl: URL = new URL(`${built}zstd/zstd-thread.js`, import.meta.url);
