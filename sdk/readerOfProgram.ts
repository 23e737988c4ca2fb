import * as pulumi from "@pulumi/pulumi";
import type { StatusReader } from "../provider/status";

let shared: { readonly hosts: string; readonly reader: StatusReader } | undefined;

/** The reader of the hosts in the stack's configuration. Fifty calls of a program read each host once. */
export function readerOfProgram(): StatusReader {
	// Loaded when first used: every program that declares a resource loads this module.
	const { statusReader } = require("../provider/status") as typeof import("../provider/status.js");
	const hosts = new pulumi.Config("storageReplication").get("hosts") ?? "";
	if (shared?.hosts !== hosts) shared = { hosts, reader: statusReader(hosts) };
	return shared.reader;
}
