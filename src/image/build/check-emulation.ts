import { readFile } from 'node:fs/promises';
import { slipwayError } from '../../errors/slipway-error.ts';
import { hostPlatform, parsePlatform } from '../oci/platform.ts';
import type { ToolBuild } from './tool-build.ts';

/** Names of processors in the kernel's list of formats. */
const processors: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/**
 * Steps of an image for another processor run only where the kernel knows an emulator for it. Docker and machines that
 * are no Linux build in a place of their own, which is not looked at.
 * @throws INVALID_OPTION
 */
export async function checkEmulation({
  tool,
  platforms,
  runsSteps,
}: Pick<ToolBuild, 'tool' | 'platforms' | 'runsSteps'>): Promise<void> {
  if (!runsSteps || tool === 'docker' || process.platform !== 'linux') return;
  for (const platform of platforms) {
    const { architecture } = parsePlatform(platform);
    const isOwn = architecture === hostPlatform().architecture;
    if (isOwn || (await isEmulated(architecture))) continue;
    throw slipwayError(
      'INVALID_OPTION',
      `--platform ${platform}: steps of the image run as it is built, and this machine has no emulator of ${architecture}: install qemu-user-static, build there, or use --builder oci, which runs nothing.`,
      { details: { platform } },
    );
  }
}

/** Source: Linux Documentation/admin-guide/binfmt-misc.rst. */
async function isEmulated(architecture: string): Promise<boolean> {
  const name = `qemu-${processors[architecture] ?? architecture}`;
  const text = await readFile(`/proc/sys/fs/binfmt_misc/${name}`, 'utf8').catch(() => '');
  return text.startsWith('enabled');
}
