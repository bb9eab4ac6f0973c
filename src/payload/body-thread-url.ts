/** Where the threads that decode large bodies start; as deep as the bundled command, see {@link import('./parquet-thread-url.ts')}. */
const built = import.meta.url.endsWith('.ts') ? '../../dist/payload/' : '../payload/';

/** The compiled src/payload/apart/body-thread.ts. */
export const bodyThreadUrl: URL = new URL(`${built}apart/body-thread.js`, import.meta.url);
