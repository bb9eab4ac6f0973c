/** Which packages of Python, conda and Debian stand in an image, wherever it was built. */
import type { BaseImage } from '../oci/base-image.ts';
import { libraryComponent, type SbomComponent } from './create-sbom.ts';
import { packageLists, parsePackageLists } from './inspect-base.ts';
import { parseMetadata } from './list-packages.ts';
import { scanImage, textOf } from './scan-image.ts';

const metadataPath = /(?:^|\/)(?:site|dist)-packages\/[^/]+\.dist-info\/METADATA$/;
const condaPath = /(?:^|\/)conda-meta\/[^/]+\.json$/;

/** All of Python and conda, and those of Debian that `debian` names. @throws IMAGE_INVALID */
export async function findPackages(
  image: BaseImage,
  debian: ReadonlySet<string>,
): Promise<readonly SbomComponent[]> {
  const found: SbomComponent[] = [];
  const later = new LaterLayers();
  await scanImage(image, async (entry, layer) => {
    if (later.hides(entry.path, layer)) return false;
    if (metadataPath.test(entry.path)) found.push(...parseMetadata(await textOf(entry)));
    else if (condaPath.test(entry.path)) found.push(...parseCondaRecord(await textOf(entry)));
    else if (debian.size > 0 && packageLists.test(entry.path)) {
      const packages = parsePackageLists(await textOf(entry));
      found.push(...packages.filter(({ name }) => debian.has(name)).map(debianComponent));
    }
    return false;
  });
  return found;
}

/** Paths that a later layer replaces or takes away. Source: OCI image layer, "Whiteouts". */
class LaterLayers {
  readonly #layers = new Map<string, number>();

  /** Is this entry of a layer hidden by later ones? Asked from the last layer to the first. */
  hides(path: string, layer: number): boolean {
    const [, folder = '', removed] = /^(.*\/|)\.wh\.([^/]+)$/.exec(path) ?? [];
    if (removed !== undefined) {
      this.#note(removed === '.wh..opq' ? folder.replace(/\/$/, '') : `${folder}${removed}`, layer);
      return true;
    }
    for (let part = path; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('/')))) {
      if ((this.#layers.get(part) ?? layer) > layer) return true;
    }
    if (metadataPath.test(path) || packageLists.test(path)) this.#note(path, layer);
    return false;
  }

  #note(path: string, layer: number): void {
    if (!this.#layers.has(path)) this.#layers.set(path, layer);
  }
}

/** Source: conda 24, `conda-meta`, one record a package. */
function parseCondaRecord(text: string): readonly SbomComponent[] {
  const record = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { name, version, build } = record;
  if (typeof name !== 'string' || typeof version !== 'string') return [];
  const purl = `pkg:conda/${name}@${version}${typeof build === 'string' ? `?build=${build}` : ''}`;
  return [libraryComponent({ name, version, purl, license: undefined })];
}

function debianComponent({ name, version }: { name: string; version: string }): SbomComponent {
  const purl = `pkg:deb/debian/${name}@${version}`;
  return libraryComponent({ name, version, purl, license: undefined });
}
