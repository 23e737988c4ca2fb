# Writes what this system declares of the classes in CLASSES (names, separated by commas) as one line of JSON.
$ErrorActionPreference = 'Stop'

# A CimKeyedCollection is enumerated, a dictionary by its values.
function Get-Elements($Collection) {
	if ($null -eq $Collection) { return }
	if ($Collection -is [System.Collections.IDictionary]) { $Collection.Values } else { $Collection }
}

# Of the qualifiers the name and, where it is text, the value: EmbeddedInstance names a class.
function Get-Qualifiers($Element) {
	if ($null -eq $Element.PSObject.Properties['Qualifiers']) { return $null }
	$found = [ordered]@{}
	foreach ($qualifier in @(Get-Elements $Element.Qualifiers)) {
		if ($null -ne $qualifier) { $found[[string]$qualifier.Name] = if ($qualifier.Value -is [string]) { $qualifier.Value } else { $null } }
	}
	return $found
}

function Get-Declared($Element) {
	return [ordered]@{ name = [string]$Element.Name; type = [string]$Element.CimType; of = [string]$Element.ReferenceClassName; flags = [string]$Element.Flags; qualifiers = (Get-Qualifiers $Element) }
}

$classes = [System.Collections.Generic.List[object]]::new()
foreach ($name in $env:CLASSES.Split(',')) {
	$dump = [ordered]@{ class = $name; error = $null; properties = @(); methods = @() }
	try {
		$class = @(Get-CimClass -Namespace 'root/Microsoft/Windows/Storage' -ClassName $name -ErrorAction Stop)[0]
		$dump.properties = @(Get-Elements $class.CimClassProperties | ForEach-Object { Get-Declared $_ })
		$dump.methods = @(Get-Elements $class.CimClassMethods | ForEach-Object { [ordered]@{ name = [string]$_.Name; parameters = @(Get-Elements $_.Parameters | ForEach-Object { Get-Declared $_ }) } })
	} catch { $dump.error = [string]$_.FullyQualifiedErrorId }
	$classes.Add($dump)
}
ConvertTo-Json -InputObject $classes.ToArray() -Depth 8 -Compress
