/**
 * Where the thread that reads Parquet starts. This file stands as deep as the bundled command (dist/cli/bundle.js), so
 * that one relative path is right in both; sources have no thread of their own and use the built one.
 */
const built = import.meta.url.endsWith('.ts') ? '../../dist/payload/' : '../payload/';

/** The compiled src/payload/parquet/parquet-thread.ts. */
export const parquetThreadUrl: URL = new URL(`${built}parquet/parquet-thread.js`, import.meta.url);
