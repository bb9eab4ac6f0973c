/** The examples of "Authenticating Requests: Using the Authorization Header" in the documentation of Amazon S3. */
import { expect, it } from 'vitest';
import { signRequest } from './sign-request.ts';

const given = {
  method: 'GET',
  region: 'us-east-1',
  credentials: {
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: null,
  },
  date: new Date('2013-05-24T00:00:00Z'),
};
const host = 'https://examplebucket.s3.amazonaws.com';

it.each([
  [
    `${host}/test.txt`,
    { range: 'bytes=0-9' },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [`${host}/?lifecycle`, {}, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  [
    `${host}/?max-keys=2&prefix=J`,
    {},
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('%s', (url, headers, signature) => {
  const { authorization } = signRequest({ ...given, url: new URL(url), headers });
  expect(authorization).toContain(`Signature=${signature}`);
});
