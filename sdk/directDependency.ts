import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { errorCodes } from "../provider/model/errorCodes";
import { ReplicationError } from "../provider/model/replicationError";
import { ProgramError } from "./programError";

/** The program's folder: it may go elsewhere while it runs, and the provider's process is started here. */
const startedIn = process.cwd();
let found = false;

/**
 * The provider's process has the program's folder as its own and loads this package from there upwards. If only a
 * dependency of the program has it, Node says there that it cannot find a module, with a stack and no advice.
 *
 * Asked of programs that Pulumi's language host runs. With the Automation API the program's process says nothing about
 * where the provider will run.
 */
export function mustBeDirectDependency(): void {
	if (found || !/[\\/]cmd[\\/]run[\\/]index\.js$/.test(require.main?.filename ?? "")) return;
	// A program that went elsewhere before it loaded this package is looked for at Pulumi.yaml: refused is only what
	// cannot work.
	found = [startedIn, process.cwd(), pulumi.getRootDirectory?.() ?? ""].some(hasPackage);
	if (found) return;
	throw new ProgramError(
		new ReplicationError({
			code: errorCodes.notDirectDependency,
			class: "user",
			what: `the program in ${startedIn} does not find the package pulumi-storage-replication, from which Pulumi runs the provider; only one of its dependencies does.`,
			dataSafety: "yes, nothing was changed.",
			remedy:
				"add it to the program's own package.json, in the version that is used: npm install pulumi-storage-replication.",
		}),
	);
}

function hasPackage(folder: string): boolean {
	if (folder === "") return false;
	try {
		// `require.resolve` with paths would find this very copy first: a package may always require itself by its name.
		createRequire(join(folder, "program.js")).resolve("pulumi-storage-replication/v1");
		return true;
	} catch {
		return false;
	}
}
