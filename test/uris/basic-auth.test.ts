/**
 * A real tracking server that asks for a name and a password (`--app-name basic-auth`): every form of URI predicts the
 * bytes that the folder predicts, and asks no more of the server than MLflow's own client.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { referencePython } from '../conformance/reference-python.ts';
import {
  itAsksNoMoreThanMlflow,
  itPredictsTheSameBytes,
  itPredictsTheSameBytesInPython,
} from './every-form.ts';
import { useTracking } from './tracking-fixture.ts';
import { adminPassword } from './tracking-server.ts';

const login = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: adminPassword };

describe.skipIf(referencePython === null)(
  'basic authentication (needs the reference Python)',
  () => {
    const tracking = useTracking({ args: ['--app-name', 'basic-auth'], login });

    itAsksNoMoreThanMlflow(tracking);
    itPredictsTheSameBytes(tracking);
    itPredictsTheSameBytesInPython(tracking);

    it('takes name and password from the tracking URI', async () => {
      const { environment, server } = tracking();
      const url = server.url.replace('//', `//admin:${adminPassword}@`);
      const named = environment('named', { MLFLOW_TRACKING_URI: url });
      await resolveModelUri('models:/diabetes/1', { environment: named });
    });

    it('takes name and password from ~/.mlflow/credentials, and says what is missing', async () => {
      const { environment, folder } = tracking();
      const nobody = environment('nobody', {});
      await expect(
        resolveModelUri('models:/diabetes/1', { environment: nobody }),
      ).rejects.toMatchObject({
        code: 'MODEL_ACCESS_DENIED',
        message: expect.stringContaining('MLFLOW_TRACKING_USERNAME') as string,
      });
      await mkdir(path.join(folder, '.mlflow'));
      const text = `[mlflow]\nmlflow_tracking_username = admin\nmlflow_tracking_password = ${adminPassword}\n`;
      await writeFile(path.join(folder, '.mlflow', 'credentials'), text);
      await resolveModelUri('models:/diabetes/1', { environment: nobody });
    });
  },
);
