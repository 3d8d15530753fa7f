Get-AppxPackage -AllUsers | Remove-AppxPackage
