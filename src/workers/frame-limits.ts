/** Bytes before the header: length of the rest of the frame, length of the header, both u32 little endian. */
export const prefixBytes = 8;

/** The longest frame, without its first four bytes. */
export const maxFrameBytes: number = 2 ** 31;

/** The longest header. Bulk data belongs in buffers. */
export const maxHeaderBytes: number = 64 * 2 ** 20;

/** The most buffers of one message. */
export const maxBuffers: number = 2 ** 20;
