import { describe, tableOf } from "./referenceFields";

const file = "sdk/virtualDiskReplicationArgs.ts";

/** docs/arguments.md, in the words of the doc comments. */
export function argumentsPage(): string {
	const resource = describe("sdk/virtualDiskReplication.ts", "VirtualDiskReplication");
	const args = describe(file, "VirtualDiskReplicationArgs");
	const end = describe(file, "VirtualDiskEnd");
	const target = describe(file, "TargetVirtualDiskEnd");
	const timeouts = describe(file, "ReplicationTimeouts");
	const copies = "sdk/virtualDiskCopyArgs.ts";
	const copy = describe(copies, "CopyArgs");
	const copyEnd = describe(copies, "CopyVirtualDiskEnd");
	const snapshot = describe(copies, "VirtualDiskSnapshotArgs");
	const clone = describe(copies, "VirtualDiskCloneArgs");
	const copyOutputs = describe("sdk/virtualDiskCopy.ts", "VirtualDiskCopy");
	const groups = "sdk/groupReplicationArgs.ts";
	const group = describe(groups, "GroupReplicationArgs");
	const groupEnd = describe(groups, "GroupEnd");
	const groupTarget = describe(groups, "TargetGroupEnd");
	const groupOutputs = describe("sdk/groupReplication.ts", "GroupReplication");
	const oneGroup = describe("sdk/replicationGroup.ts", "ReplicationGroup");
	const oneGroupArgs = describe("sdk/replicationGroup.ts", "ReplicationGroupArgs");
	const head = ["argument", "type", "meaning"];
	return `# Arguments and outputs

What \`new VirtualDiskReplication(name, args, opts)\` takes and gives. An argument with \\* is required. Every argument may be an
output of another resource. A mistake is told with its path and what is allowed ([SR2001](errors.md#sr2001-invalidarguments)).

## Arguments

${tableOf(args.fields, head)}

## source and target

${tableOf(end.fields, head)}

\`target\` may have also:

${tableOf(target.fields, head)}

## timeouts

${timeouts.text}

${tableOf(timeouts.fields, head)}

## Outputs

Beside the arguments. Percentage and lag are in none of them, or every refresh would be a change: \`getReplication()\`, of
groups \`getGroupReplication()\`, and \`npx pulumi-storage-replication status\` tell them live.

${tableOf(
	resource.fields.map((field) => ({ ...field, optional: true })),
	["output", "type", "meaning"],
)}

The resource's \`id\` is both UniqueIds, in order.

## Options

| option of Pulumi | what it does here |
| --- | --- |
| \`aliases\` | the resource was called otherwise: nothing happens at the arrays ([renaming.md](renaming.md)) |
| \`protect\` | stops deletion, not a failover |
| \`retainOnDelete\` | deletion leaves the relationship as it is |
| \`ignoreChanges: ["state"]\` | operators own the roles; the program does not change them back |
| \`dependsOn\`, \`parent\`, \`provider\` | as ever; waves of a switch-over are \`dependsOn\` |
| \`deleteBeforeReplace\` | see [renaming.md](renaming.md#deletebeforereplace) |
| \`import\` | not possible ([SR2015](errors.md#sr2015-importnotpossible)): declare it, it is adopted |
| \`customTimeouts\` | not looked at: use \`timeouts\` |

## In words

${resource.text}

## Snapshots and clones

What \`new VirtualDiskSnapshot\` and \`new VirtualDiskClone\` take, both:

${tableOf(copy.fields, head)}

The \`target\` of a copy:

${tableOf(copyEnd.fields, head)}

A snapshot besides:

${tableOf(snapshot.fields, head)}

A clone besides:

${tableOf(clone.fields, head)}

Outputs, beside the arguments:

${tableOf(
	copyOutputs.fields.map((field) => ({ ...field, optional: true })),
	["output", "type", "meaning"],
)}

The \`id\` is the kind and both UniqueIds, source first.

## Groups

What \`new GroupReplication\` takes besides what \`new VirtualDiskReplication\` does:

${tableOf(group.fields, head)}

\`source\` and \`target\`:

${tableOf(groupEnd.fields, head)}

\`target\` may have also:

${tableOf(groupTarget.fields, head)}

Outputs, beside the arguments:

${tableOf(
	groupOutputs.fields.map((field) => ({ ...field, optional: true })),
	["output", "type", "meaning"],
)}

The \`id\` is \`group\` and both groups' UniqueIds, in order.

${groupOutputs.text}

## Replication groups

What \`new ReplicationGroup\` takes:

${tableOf(oneGroupArgs.fields, head)}

Outputs, beside the arguments:

${tableOf(
	oneGroup.fields.map((field) => ({ ...field, optional: true })),
	["output", "type", "meaning"],
)}

The \`id\` is the UniqueId, and a digest where a name is secret, or the group was not seen in the run that made it.

${oneGroup.text}
`;
}
