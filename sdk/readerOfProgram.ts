import * as pulumi from "@pulumi/pulumi";
import type { FunctionArgument } from "../provider/lifecycle/arguments";
import type { StatusReader } from "../provider/status";

let shared: { readonly hosts: string; readonly reader: StatusReader } | undefined;

/**
 * The reader of the hosts in the stack's configuration, for what a function was `given`; wrong arguments are refused first,
 * all at once (SR2001). Fifty calls of a program read each host once.
 */
export function readerOfProgram(
	given: object,
	names: readonly FunctionArgument[],
	subject: "disks" | "groups" = "disks",
): StatusReader {
	// Loaded when first used: every program that declares a resource loads this module.
	const { refuseMistakes } =
		require("../provider/lifecycle/arguments") as typeof import("../provider/lifecycle/arguments.js");
	const { statusReader } = require("../provider/status") as typeof import("../provider/status.js");
	refuseMistakes({ ...given }, names, subject);
	const hosts = new pulumi.Config("storageReplication").get("hosts") ?? "";
	if (shared?.hosts !== hosts) shared = { hosts, reader: statusReader(hosts) };
	return shared.reader;
}
