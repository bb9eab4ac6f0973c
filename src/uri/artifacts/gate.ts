/** Lets so many calls run at once; the others wait their turn. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** A gate for `width` calls. After a failure, calls that wait are not started. */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  let failure: { readonly cause: unknown } | null = null;
  return async (work) => {
    if (running >= width) await new Promise<void>((resolve) => void waiting.push(resolve));
    if (failure !== null) {
      waiting.shift()?.();
      throw failure.cause;
    }
    running++;
    try {
      return await work();
    } catch (cause) {
      failure ??= { cause };
      throw cause;
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
