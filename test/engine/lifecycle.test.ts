import { expect, test } from "vitest";
import { describeWithEngine, operationsIn, receivedSince, tokenIn, useLab, wish } from "./lab";

describeWithEngine("a relationship's whole life through the real engine", () => {
	const lab = useLab();

	/** Previews, consents if asked, runs, and holds the arrays' log against what preview said. */
	async function apply(values: Record<string, string>): Promise<void> {
		const { project, sites } = lab();
		await wish(lab(), values);
		const planned = (await project.plannedOperations()).orders ?? [];
		const before = sites.calls().length;
		const preview = await project.preview();
		expect(preview.exitCode, preview.text).toBe(0);
		if (preview.text.includes("needs approval")) {
			const refused = await project.up();
			expect(refused.text).toContain("SR5001");
			expect(receivedSince(lab(), before), "nothing is issued without approval").toEqual([]);
			await wish(lab(), { approval: tokenIn(preview.text) });
		}
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(receivedSince(lab(), before)).toEqual(operationsIn(planned));
		const refresh = await project.refresh();
		expect(refresh.text, "a refresh of an unchanged array prints unchanged").toMatch(/2 unchanged/);
		const again = await project.preview("--expect-no-changes");
		expect(again.exitCode, again.text).toBe(0);
	}

	const outputs = () => lab().project.state().orders?.outputs ?? {};

	test("active adopts what is there", async () => {
		await apply({ state: "active" });
		expect(outputs()).toMatchObject({
			copyState: "Synchronized",
			direction: "forward",
			plannedOperations: ["adopt: nothing to do"],
		});
		expect(lab().sites.calls()).toEqual([]);
	});

	test("suspended, then active again: writes made meanwhile arrive", async () => {
		await apply({ state: "suspended" });
		expect(outputs().copyState).toBe("Suspended");
		await lab().sites.write("Orders", 5);
		await apply({ state: "active" });
		expect(lab().sites.writes("Orders-DR").lacking).toBe(0);
	});

	test("reversed: the declared target serves", async () => {
		await apply({ state: "reversed" });
		expect(outputs()).toMatchObject({ direction: "reverse", primary: { host: "west", virtualDisk: "Orders-DR" } });
	});

	test("failedOver to the source, the target being lost, only with the token that preview printed", async () => {
		await lab().sites.array("west-array").lose();
		await apply({ state: "failedOver", failoverTo: "source", lost: "target" });
		expect(outputs()).toMatchObject({ copyState: "Failedover", primary: { host: "east", virtualDisk: "Orders" } });
	});

	test("active again when the target is back, again with a token of its own", async () => {
		await lab().sites.write("Orders", 2);
		await lab().sites.array("west-array").restore();
		await apply({ state: "active", failoverTo: "", lost: "" });
		expect(outputs()).toMatchObject({ copyState: "Synchronized", direction: "forward" });
		expect(lab().sites.writes("Orders-DR").lacking).toBe(0);
	});

	test("destroy ends the relationship, both disks stay, no acknowledged write is lost", async () => {
		const destroyed = await lab().project.destroy();
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(destroyed.text).toContain("protection ends");
		const world = lab().sites.look();
		expect(world.relationships).toEqual([]);
		expect(world.disks).toHaveLength(2);
		expect(lab().sites.writes().lost).toBe(0);
	});
});

describeWithEngine("the array changes between preview and up", () => {
	const lab = useLab({ simulator: { profile: "generous" } });

	test("with a saved plan nothing is sent", async () => {
		const { project, sites } = lab();
		await project.up();
		await wish(lab(), { state: "reversed" });
		expect((await project.preview("--save-plan", "plan.json")).exitCode).toBe(0);
		await sites.link("east-array", "west-array").lose();
		const before = sites.calls().length;
		const up = await project.up("--plan", "plan.json");
		expect(up.exitCode, up.text).not.toBe(0);
		expect(receivedSince(lab(), before)).toEqual([]);
		await sites.link("east-array", "west-array").restore();
	});
});
