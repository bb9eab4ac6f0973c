/** The examples of "Authenticating Requests: Using the Authorization Header" in the documentation of Amazon S3, and that of IAM in the AWS General Reference. */
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

it('signs for other services than S3', () => {
  const { authorization } = signRequest({
    ...given,
    service: 'iam',
    credentials: {
      ...given.credentials,
      accessKey: 'AKIDEXAMPLE',
      secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    },
    date: new Date('2015-08-30T12:36:00Z'),
    url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  });
  expect(authorization).toContain(
    'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  );
});
