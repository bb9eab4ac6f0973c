import { Option } from 'commander';
import type { Platform } from '../contract/image-recipe.ts';
import { invalidValue } from './parse-value.ts';

const platforms: readonly Platform[] = ['linux/amd64', 'linux/arm64'];

/** `--platform`: one or several, separated by commas. */
export function platformOption(): Option {
  const option = new Option(
    '--platform <LIST>',
    'Platforms of the image: linux/amd64, linux/arm64 (default: this processor).',
  );
  return option.argParser((text: string): readonly Platform[] => {
    const wanted = text.split(',').map((part) => part.trim());
    const known = wanted.map((name) => platforms.find((platform) => platform === name));
    if (known.every((platform) => platform !== undefined)) return [...new Set(known)];
    throw invalidValue(option, `'${text}' is not a list of ${platforms.join(', ')}.`);
  });
}
