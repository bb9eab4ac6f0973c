/**
 * The child's end of the pipe to the process that started it. It carries one line, the address, when the
 * port is open; and since the kernel closes it with the parent, even after SIGKILL, its end ends the child.
 */
import { Socket } from 'node:net';
import type { ServerAddress } from '../contract/flavor-backend.ts';

/** Environment variable that names the descriptor of the pipe. */
export const controlFdVariable = 'SLIPWAY_CONTROL_FD';

/** The pipe to the parent. */
export interface ControlChannel {
  /** Tells the parent that the port is open. */
  announce(address: ServerAddress): void;
  /** Resolves when the parent has gone. */
  readonly parentGone: Promise<void>;
  close(): void;
}

/** Opens the pipe named in the environment; null when this process was not started by one that waits. */
export function openControlChannel(
  environment: NodeJS.ProcessEnv = process.env,
): ControlChannel | null {
  const fd = Number(environment[controlFdVariable] ?? Number.NaN);
  if (!Number.isInteger(fd) || fd < 3) return null;
  const socket = new Socket({ fd, readable: true, writable: true });
  const parentGone = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
  });
  socket.resume();
  return {
    announce: (address) => void socket.write(`${JSON.stringify(address)}\n`),
    parentGone,
    close: () => void socket.destroy(),
  };
}
