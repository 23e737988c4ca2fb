import { expect, test } from "vitest";
import { describeWithEngine, useLab } from "./lab";

const snapshotEnds = `{ source: { host: "east", virtualDisk: "Orders" }, target: { virtualDisk: "Orders-Snap" } }`;
const program = (kind: string, id: string) => `
import { getReplicationOutput, VirtualDisk${kind} } from "pulumi-storage-replication";
const copy = VirtualDisk${kind}.get("theirs", "${id}", ${snapshotEnds});
export const seen = copy.copyState;
export const held = copy.pointInTime;
export const percent = getReplicationOutput({
	source: { host: "east", virtualDisk: "Orders" },
	target: copy.copy,
	kind: "Snapshot",
}).percentSynced;
`;

describeWithEngine("copies that another program manages", () => {
	const lab = useLab({
		program: "",
		simulator: { copies: [{ source: "Orders", target: "Orders-Snap", kind: "Snapshot" }] },
	});

	test("are read by their id, with live percentages, and nothing is sent", async () => {
		const { project, sites } = lab();
		const id = sites.look().disks.find(({ name }) => name === "Orders-Snap")?.uniqueId;
		project.write(program("Snapshot", `snapshot:6000100000000001:${id}`));
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).toMatch(/seen +: "Synchronized"/);
		expect(up.text).toMatch(/held +: "\d{4}-\d\d-\d\dT/);
		expect(up.text).toMatch(/percent *: 100/);
		expect(project.state().theirs?.outputs).toMatchObject({ complete: true, ended: null, plannedOperations: [] });
		expect((await project.run(["refresh", "--yes"])).exitCode).toBe(0);
		expect(sites.calls()).toEqual([]);
	});

	test("of another kind are not what was asked for", async () => {
		const { project } = lab();
		project.write(program("Clone", "clone:6000100000000001:6000000000000001"));
		const up = await project.up();
		expect(up.exitCode).not.toBe(0);
		expect(up.text).toContain("SR2012");
		expect(up.text).toContain("is a Snapshot");
	});
});
