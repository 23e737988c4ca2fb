import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { describeWithEngine, receivedSince, tokenIn, useLab, wish } from "./lab";

/**
 * The nights of test/executor/lostWrites.test.ts through the real engine: judged by its exit code, by the calls that
 * arrived, and by the writes that no disk holds any more. One pair a night; earlier ones stay as they were left.
 */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const { pair, ...wish } = JSON.parse(new pulumi.Config().require("declared"));
new VirtualDiskReplication(pair, {
	source: { host: "east", virtualDisk: pair },
	target: { host: "west", virtualDisk: pair + "-DR" },
	...wish,
}, { retainOnDelete: true });
`;
const nights = ["Repair", "Adopted", "Killed", "Created", "Hidden", "Half", "Failback", "ReadOnly"];

describeWithEngine("an acknowledged write is never lost without consent (srdf)", () => {
	const lab = useLab({
		program,
		simulator: { profile: "srdf" },
		pairs: nights.map((source) => ({ source, target: `${source}-DR` })),
	});

	const up = async (pair: string, declared: object) => {
		await wish(lab(), { declared: JSON.stringify({ pair, ...declared }) });
		const from = lab().sites.calls().length;
		const { exitCode, text } = await lab().project.up();
		return { exitCode, text, received: receivedSince(lab(), from) };
	};
	const upApproved = async (pair: string, declared: object) => {
		const first = await up(pair, declared);
		if (!first.text.includes("SR5001")) return first;
		return up(pair, { ...declared, approval: tokenIn(first.text) });
	};
	const linkOf = (pair: string, change: (link: { source: string; target: string }) => void) =>
		lab().sites.change((world) => {
			const ids = world.disks
				.filter(({ name }) => name === pair || name === `${pair}-DR`)
				.map(({ uniqueId }) => uniqueId);
			for (const link of world.relationships) if (ids.includes(link.source)) change(link);
		});
	/** Writes that went in this night; what an approved night before gave up is not counted again. */
	let lostBefore = 0;
	const lostNow = () => lab().sites.writes().lost - lostBefore;
	beforeEach(() => {
		lostBefore = lab().sites.writes().lost;
	});
	const reverse = (pair: string) =>
		linkOf(pair, (link) => {
			[link.source, link.target] = [link.target, link.source];
		});
	const diverge = async (pair: string) => {
		await linkOf(pair, (link) => Object.assign(link, { copyState: states.Failedover, progressStatus: 2 }));
		await lab().sites.write(pair, 4);
		await lab().sites.write(`${pair}-DR`, 4);
	};

	test("suspended by us, written to, reversed by somebody, repaired", async () => {
		await up("Repair", { state: "active" });
		await up("Repair", { state: "suspended" });
		await lab().sites.write("Repair", 5);
		await reverse("Repair");
		const again = await up("Repair", { state: "reversed", onRoleChange: "repair" });
		expect(again.text).toContain("SR5001");
		expect([again.exitCode !== 0, again.received, lostNow()]).toEqual([true, [], 0]);
	});

	test("the same, adopted for the first time", async () => {
		await linkOf("Adopted", (link) => Object.assign(link, { copyState: states.Suspended }));
		await lab().sites.write("Adopted", 5);
		await reverse("Adopted");
		const first = await up("Adopted", { state: "reversed" });
		expect(first.text).toContain("SR5001");
		expect([first.exitCode !== 0, first.received, lostNow()]).toEqual([true, [], 0]);
	});

	test.each([
		["Killed", "an update"],
		["Created", "a create, which leaves no record"],
	])("%s: both ends were written to, and our run is killed after its ReverseRoles (%s)", async (pair) => {
		if (pair === "Killed") await up(pair, { state: "active" });
		await diverge(pair);
		if (pair === "Killed") expect((await up(pair, { state: "failedOver", onRoleChange: "adopt" })).exitCode).toBe(0);
		const asked = await up(pair, { state: "reversed", onRoleChange: "repair" });
		await lab().sites.addFault({ kind: "crash", effect: true, times: 1 });
		const approval = tokenIn(asked.text);
		const killed = await up(pair, { state: "reversed", onRoleChange: "repair", approval });
		expect([killed.exitCode !== 0, killed.received]).toEqual([true, ["ReverseRoles at east"]]);
		const next = await up(pair, { state: "reversed", onRoleChange: "repair" });
		expect(next.text).toContain("SR5001");
		expect([next.exitCode !== 0, next.received, lostNow()]).toEqual([true, [], 0]);
	});

	test("a run that stops while the relationship is hidden", async () => {
		await up("Hidden", { state: "active" });
		await diverge("Hidden");
		await up("Hidden", { state: "failedOver", onRoleChange: "adopt" });
		const asked = await up("Hidden", { state: "reversed" });
		const running = up("Hidden", {
			state: "reversed",
			approval: tokenIn(asked.text),
			timeouts: { transitionMinutes: 0.1 },
		});
		// Right after the roles have changed: the change itself hides it for a shorter time.
		const idOf = (name: string) =>
			lab()
				.sites.look()
				.disks.find((disk) => disk.name === name)?.uniqueId;
		const reversed = () =>
			lab()
				.sites.look()
				.relationships.some(({ source }) => source === idOf("Hidden-DR"));
		for (let looks = 0; looks < 1_200 && !reversed(); looks++) await sleep(50);
		await lab().sites.hide("Hidden", 10_000);
		expect((await running).text).toMatch(/SR3004.*no relationship/);
		await lab().sites.advance(10_000);
		const next = await up("Hidden", { state: "reversed" });
		expect(next.text).toContain("SR5001");
		expect([next.received, lostNow()]).toEqual([[], 0]);
	});

	test("a copy that was stopped half way, then reversed with consent", async () => {
		await up("Half", { state: "active" });
		await up("Half", { state: "suspended" });
		await lab().sites.write("Half", 5);
		await lab().sites.addFault({ kind: "slow", factor: 100 });
		const stopped = await upApproved("Half", { state: "active", timeouts: { syncMinutes: 0.03 } });
		expect(stopped.text).toMatch(/SR3004.*copy onto Half-DR is not complete: only Half is whole/);
		await lab().sites.removeFaults();
		// The job would be waited for; without it the copy is stopped where it is.
		await lab().sites.change((world) => {
			world.jobs = [];
		});
		expect((await up("Half", { state: "suspended" })).received).toEqual(["Suspend at east"]);
		const reversed = await upApproved("Half", { state: "reversed", keep: "target" });
		expect(reversed.received[0]).not.toBe("ReverseRoles at east");
		expect(lostNow()).toBe(0);
	});

	test("a Failback that breaks off half way", async () => {
		await up("Failback", { state: "active" });
		await up("Failback", { state: "failedOver" });
		await lab().sites.write("Failback-DR", 5);
		await lab().sites.addFault({ kind: "slow", factor: 1_000 });
		const stopped = await upApproved("Failback", { state: "active", timeouts: { syncMinutes: 0.03 } });
		expect(stopped.text).toMatch(/SR3004.*copy back onto Failback is not complete: only Failback-DR is whole/);
		await lab().sites.removeFaults();
		await lab().sites.addFault({ kind: "linkDown", arrays: ["east-array", "west-array"] });
		await lab().sites.change(() => {});
		await lab().sites.removeFaults();
		const next = await upApproved("Failback", { state: "active" });
		expect(next.received).not.toContain("Resume at east");
		expect(lostNow()).toBe(0);
	});

	test("read-only when suspended, writable in between, read-only again", async () => {
		await up("ReadOnly", { state: "active" });
		await lab().sites.readOnly("ReadOnly");
		await up("ReadOnly", { state: "suspended" });
		await lab().sites.readOnly("ReadOnly", false);
		await lab().sites.write("ReadOnly", 5);
		await lab().sites.readOnly("ReadOnly");
		await up("ReadOnly", { state: "reversed" });
		expect(lostNow()).toBe(0);
	});
});

describeWithEngine("a tail that is longer than allowed (svc)", () => {
	const lab = useLab({
		program,
		simulator: { profile: "svc", speed: 0 },
		pairs: [{ source: "Tail", target: "Tail-DR", syncMode: "asynchronous" }],
	});

	test("does not go, neither in preview nor in update", async () => {
		await wish(lab(), { declared: JSON.stringify({ pair: "Tail", state: "active" }) });
		expect((await lab().project.up()).exitCode).toBe(0);
		await lab().sites.write("Tail", 3);
		await lab().sites.advance(4_000);
		await wish(lab(), { declared: JSON.stringify({ pair: "Tail", state: "failedOver", maxDataLossSeconds: 2 }) });
		const { exitCode, text } = await lab().project.up();
		expect(text).toMatch(/4 s behind, and maxDataLossSeconds allows 2/);
		expect([exitCode !== 0, receivedSince(lab(), 0), lab().sites.writes().lost]).toEqual([true, [], 0]);
	});
});
