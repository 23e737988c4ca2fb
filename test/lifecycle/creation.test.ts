import { expect, test } from "vitest";
import { create } from "../../provider/lifecycle/create";
import { inputsFor, session, sites, useSites, warnings } from "./session";

useSites([{ source: "Orders", target: "Orders-DR", related: false }]);

const target = { host: "west", virtualDisk: "Orders-New", storageSubsystem: "west-array", storagePool: "Pool" };

test("a mode that the host's CreateReplica does not take is a warning, and what is wished in the end", async () => {
	await sites.array("east-array").creation({ takesMode: false });
	const { outs } = await create(session(), await inputsFor({ target, syncMode: "asynchronous" }));

	expect(warnings).toContainEqual(
		expect.stringMatching(/CreateReplica at east takes no mode.*changed to asynchronous/),
	);
	expect(outs).toMatchObject({ syncMode: "asynchronous", copyState: "Synchronized" });
});

test("a replica under a name of the array's own is known by its id, and is nothing to make again", async () => {
	for (const array of ["east-array", "west-array"]) {
		await sites.array(array).creation({ asJob: true, ownNames: true });
	}
	const { outs } = await create(session(), await inputsFor({ target }));
	const made = sites.look().relationships[0]?.target;

	expect(outs.targetUniqueId).toBe(made);
	const { plannedOperations } = await inputsFor({ target }, outs);
	expect(plannedOperations).toEqual([]);
	expect(warnings).toEqual([]);
});
