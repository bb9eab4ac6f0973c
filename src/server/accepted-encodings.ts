/** What a request body may be compressed with; the `accept-encoding` header of an answer that refuses another. */
export const acceptedEncodings = 'gzip, br, zstd, deflate';
