/**
 * Text of a program with N resources of a dynamic provider that does nothing, with the inputs and outputs of ours: what
 * Pulumi itself costs. It follows what ours holds (a record of version 2, `listedAtBothEnds`, the type's name), and is
 * otherwise fixed, so that ratios of different days can be compared.
 */
export function baselineProgram(count: number, state = "active"): string {
	return `
import * as pulumi from "@pulumi/pulumi";
const outputs = (inputs: any) => ({ ...inputs, record: { version: 2, generation: 0, direction: "forward", copyState: "Synchronized", syncMode: "Synchronous", ahead: { source: null, target: "no" }, bothListed: true, sourceConsistent: true, targetConsistent: true, readOnly: { source: false, target: true }, wish: "active", history: [] } });
const provider: pulumi.dynamic.ResourceProvider = {
	check: async (_: any, inputs: any) => ({ inputs }),
	diff: async (_: string, olds: any, news: any) => ({ changes: olds.state !== news.state }),
	create: async (inputs: any) => ({ id: inputs.source.virtualDisk, outs: outputs(inputs) }),
	read: async (id: string, props: any) => ({ id, props }),
	update: async (_: string, __: any, inputs: any) => ({ outs: outputs(inputs) }),
	delete: async () => {},
};
class Nothing extends pulumi.dynamic.Resource {
	constructor(name: string, props: any) { super(provider, name, props, { hideDiffs: ["__provider"] } as any, "storageReplication", "VirtualDiskReplication"); }
}
for (let index = 1; index <= ${count}; index++) {
	const source = { host: "east", virtualDisk: "Disk-" + index };
	const target = { host: "west", virtualDisk: "Disk-" + index + "-DR" };
	new Nothing("disk-" + index, { source, target, state: "${state}", listedAtBothEnds: true, plannedOperations: ["adopt: nothing to do"], primary: source, secondary: target, direction: "forward", copyState: "Synchronized", syncMode: "synchronous", sourceUniqueId: "6000100000000001", targetUniqueId: "6000200000000001", record: undefined, resourceUrn: "urn:pulumi:dev::program::pulumi-nodejs:dynamic:Resource::disk-" + index });
}
`;
}

/** The same relationships as ours. */
export function ourProgram(count: number, state = "active"): string {
	return `
import { VirtualDiskReplication } from "pulumi-storage-replication";
for (let index = 1; index <= ${count}; index++) {
	new VirtualDiskReplication("disk-" + index, {
		source: { host: "east", virtualDisk: "Disk-" + index },
		target: { host: "west", virtualDisk: "Disk-" + index + "-DR" },
		state: "${state}",
	});
}
`;
}
