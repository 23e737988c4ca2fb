/** One resource of each kind of memory: adopted and never touched, paused, moved, separated. A release keeps its own copy. */
export const program = `import { VirtualDiskReplication } from "pulumi-storage-replication";

const pair = (name: string) => ({
	source: { host: "east", virtualDisk: name },
	target: { host: "west", virtualDisk: \`\${name}-DR\` },
});

new VirtualDiskReplication("adopted", { ...pair("Adopted"), syncMode: "synchronous" });
new VirtualDiskReplication("paused", { ...pair("Paused"), state: "suspended" });
new VirtualDiskReplication("moved", { ...pair("Moved"), state: "reversed", reason: "CHG-4711" });
new VirtualDiskReplication("separated", { ...pair("Separated"), state: "split", deletePolicy: "dissolve" });
`;
