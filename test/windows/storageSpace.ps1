# Makes a virtual disk of Storage Spaces on three VHDs (ACTION make), or removes it with all that belongs to it (remove).
# FOLDER is where the VHDs are, NAME what pool and disk are called. Nothing else is touched.
$ErrorActionPreference = 'Stop'
$files = @(1..3 | ForEach-Object { Join-Path $env:FOLDER "$env:NAME-$_.vhdx" })

# diskpart, since New-VHD is of Hyper-V and a runner need not have it.
function Invoke-Diskpart([string[]]$Lines) {
	$script = Join-Path $env:FOLDER "$env:NAME.diskpart"
	[System.IO.File]::WriteAllLines($script, $Lines)
	$text = & diskpart.exe /s $script | Out-String
	if ($LASTEXITCODE -ne 0) { throw "diskpart ended with ${LASTEXITCODE}: $text" }
}

if ($env:ACTION -eq 'make') {
	foreach ($file in $files) { Invoke-Diskpart @("create vdisk file=`"$file`" maximum=8192 type=expandable", "select vdisk file=`"$file`"", 'attach vdisk') }
	$disks = @(Get-PhysicalDisk -CanPool $true | Where-Object { $_.Size -gt 7GB -and $_.Size -lt 9GB })
	if ($disks.Count -lt 3) { throw "only $($disks.Count) of the three VHDs can be pooled" }
	$subsystem = @(Get-StorageSubSystem | Where-Object { $_.Model -eq 'Windows Storage' })[0]
	$null = New-StoragePool -FriendlyName $env:NAME -StorageSubSystemUniqueId $subsystem.UniqueId -PhysicalDisks $disks
	$null = New-VirtualDisk -StoragePoolFriendlyName $env:NAME -FriendlyName $env:NAME -ResiliencySettingName Simple -ProvisioningType Thin -Size 1GB
} else {
	Get-VirtualDisk -FriendlyName $env:NAME -ErrorAction SilentlyContinue | Remove-VirtualDisk -Confirm:$false -ErrorAction SilentlyContinue
	Get-StoragePool -FriendlyName $env:NAME -ErrorAction SilentlyContinue | Remove-StoragePool -Confirm:$false -ErrorAction SilentlyContinue
	foreach ($file in $files) {
		if (-not (Test-Path -LiteralPath $file)) { continue }
		try { Invoke-Diskpart @("select vdisk file=`"$file`"", 'detach vdisk') } catch { [Console]::Error.WriteLine($_) }
		Remove-Item -LiteralPath $file -ErrorAction SilentlyContinue
	}
}
