import { expect, it } from 'vitest';
import { slipwayFolder } from '../image/recipe/package-files.ts';
import { installAdvice } from './install-advice.ts';

it('says npm install, but not in an image, where nothing can be installed', () => {
  const packages = ['@grpc/grpc-js', '@grpc/reflection'];
  expect(installAdvice(packages, 'build the image with --enable-mlserver')).toBe(
    'add them with: npm install @grpc/grpc-js @grpc/reflection',
  );
  const place = `file://${slipwayFolder}/dist/cli/bundle.js`;
  expect(installAdvice(packages, 'build the image with --enable-mlserver', place)).toBe(
    'build the image with --enable-mlserver',
  );
});
