/** Packages of Debian and Ubuntu that Python flavors need besides what pip installs. */
import type { RecipeOptions, SystemPackagesStep } from '../../contract/image-recipe.ts';
import type { SavedModel } from '../../model/saved-model.ts';

/** Source: mlflow/pyfunc/backend.py `_model_installation_steps` 3.17.2; their wheels leave OpenMP to the system. */
const openmpFlavors = ['lightgbm', 'paddle'];

/** Source: mlflow/pyfunc/backend.py `JAVA_FLAVORS` 3.17.2. */
const javaFlavors = ['spark', 'h2o', 'johnsnowlabs'];

/** What is installed for Java: the distribution's default, or the version that MLflow's variable names. */
function javaPackage(): string {
  const version = process.env['MLFLOW_DOCKER_OPENJDK_VERSION'];
  return version ? `openjdk-${version}-jre-headless` : 'default-jre-headless';
}

/** One step for all of them; none where nothing is needed. */
export function systemPackages(
  model: SavedModel | null,
  { installJava }: RecipeOptions,
): readonly SystemPackagesStep[] {
  const flavors = [...(model?.flavors.keys() ?? [])];
  const openmp = flavors.filter((flavor) => openmpFlavors.includes(flavor));
  const java = flavors.filter((flavor) => javaFlavors.includes(flavor));
  const reasons = [
    ...openmp.map((flavor) => `${flavor} needs OpenMP of the system`),
    ...java.map((flavor) => `${flavor} needs Java`),
    ...(java.length === 0 && installJava === true ? ['Java was asked for'] : []),
  ];
  const packages = [
    ...(openmp.length > 0 ? ['libgomp1'] : []),
    ...(java.length > 0 || installJava === true ? [javaPackage()] : []),
  ];
  if (packages.length === 0) return [];
  return [{ kind: 'system-packages', packages, reason: `${reasons.join('; ')}.` }];
}
