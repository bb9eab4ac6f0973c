/** Where the thread that writes Parquet starts; as deep as the bundled command, see `src/payload/parquet-thread-url.ts`. */
const built = import.meta.url.endsWith('.ts') ? '../../dist/observe/' : '../observe/';

/** The compiled src/observe/payloads/table-thread.ts. */
export const tableThreadUrl: URL = new URL(`${built}payloads/table-thread.js`, import.meta.url);
