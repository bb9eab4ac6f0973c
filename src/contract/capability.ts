/** What a runtime or a flavor can do, as data: selection, docs and tests read it; nobody asks a class. */

/** The runtimes there are. */
export type RuntimeId = 'native' | 'python' | 'r';

/** Runtime asked for on the command line or in the library; `auto` chooses. */
export type RuntimeChoice = RuntimeId | 'auto';

/** What a runtime offers beyond scoring. */
export interface Capability {
  /** Methods of the flavor backend that work with this runtime. */
  readonly methods: {
    readonly predict: boolean;
    readonly serve: boolean;
    readonly prepareEnv: boolean;
    readonly buildImage: boolean;
    readonly generateDockerfile: boolean;
  };
  /** True if {@link Scorer.predictStream} may be there. */
  readonly streaming: boolean;
}
