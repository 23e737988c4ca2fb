import * as pulumi from "@pulumi/pulumi";
import type { VirtualDiskEnd } from "./virtualDiskReplicationArgs";

/** Names of the resources that declare a pair, by stack and ends, since the program last came to rest. */
const justDeclared = new Map<string, string[]>();

/**
 * The name of another resource that declares the same pair of disks; undefined: there is none. A pair is to be refused
 * before anything is sent for either, and the engine runs the first while the program still declares the second; so no
 * resource is registered before the program has come to rest and all that it declared in one go are known. Later, only
 * the provider can tell, and refuses the second.
 */
export async function otherDeclarationOf(
	name: string,
	ends: { readonly source: VirtualDiskEnd; readonly target: VirtualDiskEnd },
): Promise<string | undefined> {
	const sides = [ends.source, ends.target].map(({ host, virtualDisk }) => JSON.stringify([host, virtualDisk]));
	// One process may run the programs of several stacks (Automation API).
	const key = JSON.stringify([pulumi.getProject(), pulumi.getStack(), ...sides.sort()]);
	const names = justDeclared.get(key) ?? [];
	names.push(name);
	justDeclared.set(key, names);
	await new Promise((resolve) => setImmediate(resolve));
	justDeclared.delete(key);
	const index = names.indexOf(name);
	return names.find((_, other) => other !== index);
}
