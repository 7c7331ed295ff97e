"""What to press in which program, so that a file comes out that is taken: the last words of a refusal."""

from __future__ import annotations

FILL_IN = "请按模板填写后重新报送"
SAVE_AS = (
    "请用Excel、WPS或LibreOffice打开，按“文件—另存为”，类型选“Excel工作簿（*.xlsx）”后重新报送"
    "（Numbers按“文件—导出为—Excel”）"
)
REPAIR = (
    "请用Excel按“文件—打开—浏览”选中工作簿，在“打开”旁的箭头选“打开并修复”，核对所指之处后另存为.xlsx再报送；"
    "由系统导出的，请该系统改正"
)
TAKE_PASSWORD_OFF = (
    "请在Excel按“文件—信息—保护工作簿—用密码进行加密”（WPS按“文件—文档加密—密码加密”）清空密码，保存后重新报送"
)
