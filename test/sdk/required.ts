import { createRequire } from "node:module";
import "tsx/cjs";

/**
 * The modules as Node loads them: hosts are connected by `require`, which vitest's own loader does not see. All that a
 * test has of them comes from here, since two copies of a module would not know each other's errors.
 */
const load = createRequire(__filename);

export const sdk = load("../../sdk") as typeof import("../../sdk");
export const { mocks } = load("../../sdk/testing") as typeof import("../../sdk/testing");
export const { Simulator } = load("../../provider/hosts/simulator") as typeof import("../../provider/hosts/simulator");
export const { mistakesIn } = load(
	"../../provider/lifecycle/arguments",
) as typeof import("../../provider/lifecycle/arguments");
